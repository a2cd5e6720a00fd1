"""What every page stands in: who may open it (`access`, `roles`), who looks at what (`visit`), navigation, uploads.

Also what all rooms share: charts, headers, words. Nothing of one room comes in, and no room is imported.
"""
