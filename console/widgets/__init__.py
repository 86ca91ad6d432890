"""What screens are built of. Widgets know no SQL, no engine and no screen; what they show is `SafeText`."""
