"""The texts of what people add afterwards."""
