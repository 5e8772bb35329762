"""Events of Nostr, the relays that tell them, and the posts they become."""
