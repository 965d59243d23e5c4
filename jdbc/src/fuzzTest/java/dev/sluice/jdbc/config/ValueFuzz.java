package dev.sluice.jdbc.config;

import static dev.sluice.jdbc.Fuzz.require;

import dev.sluice.jdbc.Fuzz;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Values of options (sizes, fractions, truths, choices, statements and the rest), by Sluice's names
 * and its peers': a value is taken and read back as it is written, or refused with a reason.
 */
public final class ValueFuzz {
  private static final Set<String> TRUE = Set.of("true", "yes", "on", "1");
  private static final Set<String> FALSE = Set.of("false", "no", "off", "0");

  /** One option of each kind. */
  private static final List<Option> KINDS = kinds();

  /** Each translation of the peers' values, once for each kind of option and each peer. */
  private static final List<Words> PEERS = peers();

  private static final int SHARES = 8;

  private ValueFuzz() {}

  /** What a peer writes for an option. */
  private record Words(Alias alias, Peer peer) {
    Object meaning() {
      Option option = alias.option();
      return List.of(alias.translation(), peer, option == null ? "" : option.type().described());
    }
  }

  private static List<Option> kinds() {
    Map<String, Option> kinds = new LinkedHashMap<>();
    List.of(Option.values())
        .forEach(option -> kinds.putIfAbsent(option.type().described(), option));
    return List.copyOf(kinds.values());
  }

  private static List<Words> peers() {
    Map<Object, Words> peers = new LinkedHashMap<>();
    for (Alias alias : Aliases.ALL) {
      for (Peer peer : alias.peers()) {
        Words words = new Words(alias, peer);
        peers.putIfAbsent(words.meaning(), words);
      }
    }
    return List.copyOf(peers.values());
  }

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(Fuzz.text(data));
  }

  /** Checks what must hold of a text. */
  public static void check(String text) {
    List<Object> forms = forms(text);
    for (Object raw : forms) {
      for (Option option : KINDS) {
        read(option.type(), raw);
      }
    }
    // A part of them each time, or the time for one input would be too long.
    for (int i = text.length() % SHARES; i < PEERS.size(); i += SHARES) {
      Words words = PEERS.get(i);
      translated(words.alias(), words.peer(), forms.get(forms.size() - 1));
    }
    sizesAreWhatTheySay(text);
    truthsAreWhatTheySay(text);
  }

  /** A text, and what a TOML document or a program would have in its place. */
  private static List<Object> forms(String text) {
    List<Object> forms = new ArrayList<>(List.of(List.of(text), text));
    if (text.startsWith("=")) {
      forms.add(CharBuffer.wrap(text, 1, text.length()));
    }
    if (text.matches("-?[0-9]{1,25}")) {
      BigInteger number = new BigInteger(text);
      forms.addAll(List.of(number, number.longValue(), number.shortValue(), number.intValue()));
    }
    if (text.matches("-?[0-9]{1,20}\\.[0-9]{1,20}(e-?[0-9]{1,3})?")) {
      forms.add(Double.valueOf(text));
      forms.add(Float.valueOf(text));
    }
    if (text.equals("true") || text.equals("false")) {
      forms.add(Boolean.valueOf(text));
    }
    return forms;
  }

  private static void read(OptionType kind, Object raw) {
    try {
      Object value = kind.read(raw);
      require(kind.read(value).equals(value), "a value of " + kind.described() + " is its own");
      Object written = Fuzz.written(value);
      require(kind.read(written).equals(value), kind.described() + " written as " + written);
    } catch (BadValue e) {
      Fuzz.refused(e);
    }
  }

  private static void translated(Alias alias, Peer peer, Object raw) {
    try {
      Object meant = alias.translate(raw, peer);
      if (meant instanceof Duration duration) {
        require(!duration.isNegative(), alias.name());
      }
      if (alias.option() != null
          && !meant.equals(Translation.NOTHING)
          && !meant.equals(Translation.AS_MAX_SIZE)) {
        read(alias.option().type(), meant);
      }
    } catch (BadValue e) {
      Fuzz.refused(e);
    }
  }

  private static void sizesAreWhatTheySay(String text) {
    Integer size = null;
    try {
      size = (int) OptionType.wholeNumber(0, 10_000).read(text);
    } catch (BadValue e) {
      Fuzz.refused(e);
    }
    if (text.matches("[0-9]{1,4}")) {
      require(Integer.valueOf(text).equals(size), "a size");
    }
    require(size == null || (size >= 0 && size <= 10_000), "a size in its range");
    require(size == null || text.matches("(?s).*[0-9].*"), "a size of digits");
  }

  private static void truthsAreWhatTheySay(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    try {
      require((ValueReader.truth(text) ? TRUE : FALSE).contains(word), "true or false");
    } catch (BadValue e) {
      require(!TRUE.contains(word) && !FALSE.contains(word), "neither");
    }
  }
}
