package dev.sluice.proxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is fuzzed: every file and every text that the sidecar reads at its start. */
enum ConfigFuzzTarget {
  INI(IniFuzz.class),
  USERLIST(UserListFuzz.class),
  HBA(HbaFuzz.class),
  URL(UrlFuzz.class);

  private static final Path CORPUS = Path.of("src", "test", "resources", "fuzz");

  private final Class<?> jazzers;

  ConfigFuzzTarget(Class<?> jazzers) {
    this.jazzers = jazzers;
  }

  /** The class that Jazzer calls. */
  Class<?> jazzers() {
    return jazzers;
  }

  /** Checks what must hold of an input. */
  void check(byte[] input) {
    String text = ConfigFuzz.text(input);
    switch (this) {
      case INI -> IniFuzz.check(text);
      case USERLIST -> UserListFuzz.check(text);
      case HBA -> HbaFuzz.check(text);
      case URL -> UrlFuzz.check(text);
    }
  }

  /** The inputs that people thought of, and those that once found something, each with a name. */
  Path named() {
    return CORPUS.resolve(name().toLowerCase(Locale.ROOT));
  }

  /** The inputs that long runs have found worth keeping, in Base64, one to a line. */
  private Path found() {
    return CORPUS.resolve(name().toLowerCase(Locale.ROOT) + ".found");
  }

  List<byte[]> corpus() {
    List<byte[]> corpus = new ArrayList<>(contents(named()));
    corpus.addAll(kept());
    return corpus;
  }

  List<byte[]> kept() {
    try (Stream<String> lines = Files.lines(found(), StandardCharsets.US_ASCII)) {
      return lines.map(Base64.getDecoder()::decode).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps these inputs in place of those that long runs found before. */
  void keep(Path folder) throws IOException {
    Files.writeString(
        found(),
        contents(folder).stream()
            .map(Base64.getEncoder()::encodeToString)
            .distinct()
            .sorted()
            .collect(Collectors.joining("\n", "", "\n")));
  }

  private static List<byte[]> contents(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<byte[]> contents = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        contents.add(Files.readAllBytes(file));
      }
      return contents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
