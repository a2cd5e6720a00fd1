"""Parts of `whereis`: what was asked, who resembles it, the facts about each, and the one sentence they give."""
