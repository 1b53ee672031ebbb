"""What Skein promises of its reliability and security, tried on the real server from the outside."""
