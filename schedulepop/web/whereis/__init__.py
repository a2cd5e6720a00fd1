"""Where is my new hire? One search, one sentence, one next step; the answer itself is `sync.whereis`."""
