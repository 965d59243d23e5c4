package dev.sluice.jdbc;

import dev.sluice.jdbc.config.Binder;
import dev.sluice.jdbc.config.NamedSections;
import dev.sluice.jdbc.config.UnreadableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configurations of a file that describes several pools. */
final class PoolsFile {
  private PoolsFile() {}

  /**
   * Reads all configurations or none.
   *
   * @return the configurations by name, in the order of the file
   * @throws SluiceConfigException with the problems of all sections
   */
  static Map<String, SluiceConfig> read(Path file) {
    NamedSections sections;
    try {
      sections = NamedSections.of(file);
    } catch (UnreadableText e) {
      throw new SluiceConfigException(String.valueOf(e.getMessage()), e);
    }
    Map<String, SluiceConfig> configs = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    sections
        .byName()
        .forEach(
            (name, settings) -> {
              SluiceBuilder builder = new SluiceBuilder().apply(Binder.read(settings)).name(name);
              try {
                configs.put(name, builder.toConfig());
              } catch (SluiceConfigException e) {
                e.problems().forEach(problem -> problems.add("[pool." + name + "] " + problem));
              }
            });
    if (!problems.isEmpty()) {
      throw new SluiceConfigException("The pools of " + file + " cannot be built", problems);
    }
    return configs;
  }
}
