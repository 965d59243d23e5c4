package dev.sluice.proxy.config;

/**
 * A line of a file.
 *
 * @param file the file as its user named it
 * @param line the line, from 1; 0 for the file as a whole
 */
record Place(String file, int line) {
  @Override
  public String toString() {
    String name = Printable.name(file);
    return line == 0 ? name : name + ":" + line;
  }
}
