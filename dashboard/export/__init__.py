"""What leaves the dashboard: one chart as a slide, a table or a picture, made without a screen or a browser."""
