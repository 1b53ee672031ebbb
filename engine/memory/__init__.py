"""Memory: which device, which dtype, and who may stay on the device."""
