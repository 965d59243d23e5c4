package dev.sluice.proxy.tls;

/** TLS cannot be set up as configured. The message names the setting, the file and the cause. */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1;

  TlsException(String message) {
    super(message);
  }

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
