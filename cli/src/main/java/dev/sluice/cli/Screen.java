package dev.sluice.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Where the table of a demo is shown: drawn in place on a terminal, line by line elsewhere. */
interface Screen extends AutoCloseable {
  /** How often there should be something new. */
  Duration pace();

  /** Shows the rows, of which the last is the one that changes. */
  void show(List<Row> rows);

  /** Shows a row for the last time. */
  void settle(List<Row> rows);

  /** Leaves the terminal as it was. */
  @Override
  void close();

  /** The one that suits the place where the output goes. */
  static Screen on(PrintWriter out, Map<String, String> environment, String header) {
    boolean plain =
        environment.getOrDefault("TERM", "dumb").equals("dumb")
            || !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return !plain && isTerminal() ? new Terminal(out, header) : new Lines(out, header);
  }

  /** Since Java 22 there is a console even where there is no terminal, and a method that tells. */
  @SuppressWarnings("SystemConsoleNull") // asked right after it
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot ask the console what it is", e);
    }
  }

  /** Draws the table over itself, with the cursor hidden and long lines cut. */
  final class Terminal implements Screen {
    private static final String ESC = "\u001b[";
    private static final String BEGIN = ESC + "?25l" + ESC + "?7l";
    private static final String END = ESC + "?7h" + ESC + "?25h";
    private static final String CLEAR_LINE = ESC + "2K";
    private static final String BOLD = ESC + "1m";
    private static final String DIM = ESC + "2m";
    private static final String NORMAL = ESC + "0m";

    private final PrintWriter out;
    private final String header;
    private int drawn;

    Terminal(PrintWriter out, String header) {
      this.out = out;
      this.header = header;
    }

    @Override
    public Duration pace() {
      return Duration.ofMillis(200);
    }

    @Override
    public synchronized void show(List<Row> rows) {
      StringBuilder frame = new StringBuilder(BEGIN);
      if (drawn > 0) {
        frame.append(ESC).append(drawn).append("A\r");
      }
      line(frame, DIM + header + NORMAL);
      for (int i = 0; i < rows.size(); i++) {
        String text = rows.get(i).text();
        line(frame, i == rows.size() - 1 ? BOLD + text + NORMAL : text);
      }
      drawn = rows.size() + 1;
      out.print(frame.append(END));
      out.flush();
    }

    private static void line(StringBuilder frame, String text) {
      frame.append(CLEAR_LINE).append(text).append(System.lineSeparator());
    }

    @Override
    public void settle(List<Row> rows) {
      show(rows);
    }

    @Override
    public synchronized void close() {
      out.print(NORMAL + END);
      out.flush();
    }
  }

  /** Prints a line a second. */
  final class Lines implements Screen {
    private final PrintWriter out;
    private final String header;
    private boolean begun;

    Lines(PrintWriter out, String header) {
      this.out = out;
      this.header = header;
    }

    @Override
    public Duration pace() {
      return Duration.ofSeconds(1);
    }

    @Override
    public void show(List<Row> rows) {
      if (!begun) {
        out.println(header);
        begun = true;
      }
      out.println(rows.get(rows.size() - 1).text());
      out.flush();
    }

    @Override
    public void settle(List<Row> rows) {
      // the last line has said it
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
