"""Webhook endpoints: the list, adding and changing one, and what was delivered to it."""
