"""Who acts: the plain tool loop and scripted critics."""
