"""The invented organization the demo builds, as data; nothing here touches a database."""
