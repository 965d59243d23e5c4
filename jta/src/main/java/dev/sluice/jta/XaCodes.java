package dev.sluice.jta;

import java.sql.SQLException;
import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** The meaning of the codes of XA. */
final class XaCodes {
  private XaCodes() {}

  /** Whether the resource has rolled the branch back, by its own decision. */
  static boolean isRolledBack(XAException e) {
    return e.errorCode >= XAException.XA_RBBASE && e.errorCode <= XAException.XA_RBEND;
  }

  static XAException of(int code, String text, @Nullable SQLException cause) {
    XAException e = new XAException(text);
    e.errorCode = code;
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}
