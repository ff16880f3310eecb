"""The cameras as the room knows them: where they point, how they answer, what they show."""
