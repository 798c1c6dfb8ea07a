"""Files of pictures, graphs and sheets: their names and their bytes."""
