"""`make verify-connectors SPECS=folder`: connectors beside what the vendors themselves publish. A developer's tool.

Per platform, as far as the vendor's things are there: its specification by Prism (are our requests legal, do we read
whatever the schema allows), its sample payloads, its own SDK pointed at our stub, and our paging on many people. What
is missing is `unverified`, never verified by silence. Faults of a specification stand in `faults.toml` with their
source, and each has to be there still: we never bend a connector to one.

A platform is one entry in `platforms.toml`, and a script in `sdk/` where the vendor has an SDK; its connector, stub,
recording and settings are those of its test. A kind that is not in the registry is skipped.
"""
