"""The Bot API's methods, one handler each; `registry.METHODS` maps names to handlers."""
