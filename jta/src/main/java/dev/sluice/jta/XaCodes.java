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

  /** Whether the code is one of XA's. */
  static boolean isKnown(XAException e) {
    return isRolledBack(e)
        || (e.errorCode >= XAException.XAER_OUTSIDE && e.errorCode <= XAException.XAER_ASYNC)
        || (e.errorCode >= XAException.XA_RETRY && e.errorCode <= XAException.XA_NOMIGRATE);
  }

  static XAException after(XAException failure, int code, String text) {
    XAException e = of(code, text, null);
    e.initCause(failure);
    return e;
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
