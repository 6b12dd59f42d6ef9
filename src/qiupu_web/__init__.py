"""The platform: concepts and faces on Django."""
