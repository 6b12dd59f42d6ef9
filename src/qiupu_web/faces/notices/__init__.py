"""What is told without being asked for: digests by mail, webhooks, new scenarios, and messages to copy."""
