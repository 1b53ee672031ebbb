"""The server: HTTP and websocket routes over a `Dispatcher`. Never computes, never imports torch."""
