"""Where is my new hire?"""
