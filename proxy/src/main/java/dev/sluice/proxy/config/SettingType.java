package dev.sluice.proxy.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the text of a setting becomes a value, and how the console shows it. */
enum SettingType {
  /** Any text. */
  TEXT,
  /** Words between commas. */
  LIST,
  /** The name of a file or directory. */
  PATH,
  /** The name of a database other than the console's. */
  DATABASE,
  /** A whole number; all but zero mean yes. */
  FLAG,
  /** A whole number; a negative one means zero. */
  COUNT,
  /** A whole number from 0. */
  SIZE,
  /** A whole number from 1. */
  POSITIVE,
  /** A whole number of seconds; a negative one means zero. */
  WHOLE_SECONDS,
  /** A whole number of seconds from 1. */
  PERIOD,
  /** A whole number of milliseconds; a negative one means zero. */
  MILLISECONDS,
  /** Permissions, octal with a leading zero. */
  MODE,
  /** A TCP port. */
  PORT,
  /** The number of a process among its peers. */
  PEER_ID,
  /** A whole number up to 2³²−1. */
  UNSIGNED,
  /** Seconds as a decimal number. */
  SECONDS,
  /** A {@link PoolMode}. */
  POOL_MODE,
  /** An {@link AuthType}. */
  AUTH_TYPE,
  /** An {@link SslMode}. */
  SSL_MODE,
  /** TLS versions. */
  TLS_PROTOCOLS;

  /** The largest number of a peer: its place in a cancel key has 14 bits. */
  static final int MAX_PEER_ID = 16_383;

  private static final int MAX_MODE = 07777;

  /** Reads a value: a String, Integer, Long, Duration or constant, as the type has it. */
  Object parse(String text) throws BadValue {
    return switch (this) {
      case TEXT, LIST -> text;
      case PATH -> path(text);
      case DATABASE -> databaseName(text);
      case FLAG, COUNT, WHOLE_SECONDS, MILLISECONDS -> number(text, Integer.MIN_VALUE);
      case SIZE -> number(text, 0);
      case POSITIVE, PERIOD -> number(text, 1);
      case MODE -> (int) Numbers.whole(text, 0, MAX_MODE);
      case PORT -> (int) Numbers.whole(text, 0, 65_535);
      case PEER_ID -> (int) Numbers.whole(text, 0, MAX_PEER_ID);
      case UNSIGNED -> Numbers.whole(text, 0, 0xffff_ffffL);
      case SECONDS -> Numbers.seconds(text);
      case POOL_MODE -> choice(text, PoolMode.values());
      case AUTH_TYPE -> choice(text, AuthType.values());
      case SSL_MODE -> choice(text, SslMode.values());
      case TLS_PROTOCOLS -> checked(text);
    };
  }

  /** Returns a value as {@code SHOW CONFIG} shows it. */
  static String show(Object value) {
    if (value instanceof Duration duration) {
      return Numbers.show(duration);
    }
    return value instanceof Choice choice ? choice.word() : value.toString();
  }

  /** Finds a constant by its word, in any case. */
  static <T extends Choice> T choice(String text, T[] choices) throws BadValue {
    List<String> words = new ArrayList<>();
    for (T choice : choices) {
      if (choice.word().equals(text.toLowerCase(Locale.ROOT))) {
        return choice;
      }
      words.add(choice.word());
    }
    throw new BadValue("one of " + String.join(", ", words));
  }

  private static String path(String text) throws BadValue {
    try {
      return Path.of(text).toString().isEmpty() ? "" : text;
    } catch (InvalidPathException e) {
      throw new BadValue("the name of a file or directory");
    }
  }

  private static Integer number(String text, int min) throws BadValue {
    return (int) Numbers.whole(text, min, Integer.MAX_VALUE);
  }

  private static String databaseName(String text) throws BadValue {
    if (text.equals(ConsoleDatabase.NAME)) {
      throw new BadValue(
          "an entry of [databases]; cannot use the reserved \"pgbouncer\" database as an"
              + " auth_dbname");
    }
    return text;
  }

  private static String checked(String text) throws BadValue {
    TlsVersions.parse(text);
    return text;
  }
}
