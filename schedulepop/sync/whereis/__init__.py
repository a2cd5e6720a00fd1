"""Where is my new hire? One person, one sentence, one next step (SPEC §1.5). `whereis` is the door.

Reads everything, writes only what *Add user* asks for.
"""
