"""Where is my new hire? One search, one sentence, one next step; the answer itself is `sync.whereis`.
Who may be told what is decided there; here a sentence becomes a page."""
