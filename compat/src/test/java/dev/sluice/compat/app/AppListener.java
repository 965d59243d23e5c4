package dev.sluice.compat.app;

import dev.sluice.pool.PoolListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A listener that is there as a service of the application. */
public final class AppListener implements PoolListener {
  private static volatile @Nullable Sightings sightings;

  static void noteIn(Sightings where) {
    sightings = where;
  }

  @Override
  public void opened(long id, Duration took) {
    Sightings noting = sightings;
    if (noting != null) {
      noting.note("service.opened");
    }
  }
}
