"""What people add afterwards: the dialogs."""
