-- A shop that falls behind, or has caught up, is shown at once.

INSERT INTO topic (name) VALUES ('stock-link');
