package dev.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** A worker that did not give a result; the message is one line, the log tells the rest. */
final class WorkerException extends IOException {
  private static final long serialVersionUID = 1;

  private static final Pattern CAUSE =
      Pattern.compile("^\\s*(Caused by: |Suppressed: |Exception in thread \"[^\"]*\" )(?=\\S)");

  private final transient List<String> log;

  WorkerException(String message, List<String> log) {
    super(message);
    this.log = List.copyOf(log);
  }

  /** Of a worker that ended with that code: the last cause named in its log is the deepest. */
  static WorkerException of(int exitCode, List<String> log) {
    String cause =
        log.stream()
            .filter(line -> CAUSE.matcher(line).find())
            .reduce((first, second) -> second)
            .map(line -> CAUSE.matcher(line).replaceFirst(""))
            .orElse("the worker ended with " + exitCode);
    return new WorkerException(cause, log);
  }

  /** All that the worker printed. */
  List<String> log() {
    return log;
  }
}
