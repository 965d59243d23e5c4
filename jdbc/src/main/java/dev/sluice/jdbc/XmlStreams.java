package dev.sluice.jdbc;

import javax.xml.transform.Result;
import javax.xml.transform.Source;
import javax.xml.transform.sax.SAXSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.xml.sax.InputSource;

/**
 * Wraps the streams inside a driver's XML sources and results, so that they end with the lease. A
 * source that hides its streams counts as an escape from the pool.
 */
@SuppressWarnings("NullAway") // each of the streams may be null
final class XmlStreams {
  private XmlStreams() {}

  static <T extends Source> T wrap(SluiceConnection connection, T source) {
    if (source instanceof StreamSource stream) {
      stream.setInputStream(Leasing.wrap(connection, stream.getInputStream()));
      stream.setReader(Leasing.wrap(connection, stream.getReader()));
    } else if (source instanceof SAXSource sax && sax.getInputSource() != null) {
      InputSource input = sax.getInputSource();
      input.setByteStream(Leasing.wrap(connection, input.getByteStream()));
      input.setCharacterStream(Leasing.wrap(connection, input.getCharacterStream()));
    } else {
      connection.physical.escapes();
    }
    return source;
  }

  static <T extends Result> T wrap(SluiceConnection connection, T result) {
    if (result instanceof StreamResult stream) {
      stream.setOutputStream(Leasing.wrap(connection, stream.getOutputStream()));
      stream.setWriter(Leasing.wrap(connection, stream.getWriter()));
    } else {
      connection.physical.escapes();
    }
    return result;
  }
}
