"""The life of an integration: set up, tested, previewed, active, retired; what a run finds when it begins, and when.

`lifecycle` is the door. Set-up: `connection_test`, `secrets`, `reading` (everybody, for the first preview),
`saved_setups`, `known_reports`, `mapping_files` (the mapping as TOML), `drop_addresses` and `dropped_files`. Settings:
`limits`, and `forget_pay`, what goes with the pay switch. Time: `schedule` has the rules, `due` asks them of all
integrations at once, `notices` tells of what is late, `past_nights` and `availability` look back,
`filling` says which ones fill a location. `retirement` is the
end. It asks `run` for runs and feeds; people's decisions (`review`) and the doors come in, and are not known here.
"""
