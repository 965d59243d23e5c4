package dev.sluice.pgwire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions that have a value in common share the object, and are told apart by the text. */
class SharedValuesTest {
  private static final String ZONE = "TimeZone";

  private final TrackedParameters tracked = TrackedParameters.with(List.of());
  private final SessionParameters client = new SessionParameters(tracked);
  private final SessionParameters server = new SessionParameters(tracked);

  private static String copy(String text) {
    return new String(text.toCharArray());
  }

  @Test
  void equalValuesOfTwoSessionsAreOneObject() {
    client.set(ZONE, copy("UTC"));
    server.set(ZONE, copy("UTC"));
    assertSame(client.get(ZONE), server.get(ZONE));
    assertTrue(client.agreesWith(server));
  }

  @Test
  void anotherValueIsNotMistakenForTheLastOne() {
    client.set(ZONE, copy("UTC"));
    server.set(ZONE, copy("Europe/Berlin"));
    assertEquals("Europe/Berlin", server.get(ZONE));
    assertFalse(client.agreesWith(server));
  }

  @Test
  void equalValuesAgreeAlsoIfTheyAreTwoObjects() {
    client.set(ZONE, copy("UTC"));
    new SessionParameters(tracked).set(ZONE, copy("Asia/Tokyo"));
    server.set(ZONE, copy("UTC"));
    assertTrue(client.agreesWith(server));
  }

  @Test
  void theSameTextOfAnotherSettingIsKeptApart() {
    client.set(ZONE, copy("UTC"));
    client.set("application_name", copy("UTC"));
    server.set("application_name", copy("other"));
    assertEquals("UTC", client.get("application_name"));
    assertEquals("UTC", client.get(ZONE));
    assertEquals("other", server.get("application_name"));
  }
}
