package dev.sluice.bench.sidecar;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What to measure.
 *
 * @param protocols how clients send queries
 * @param clients how many there are, one load for each number
 * @param reconnecting how many connect and disconnect for each query; 0: none
 * @param idle how many clients do nothing while memory is measured; 0: none
 * @param servers connections to the server
 * @param rounds how often each pooler is measured
 * @param time for how long each time
 * @param warmUp for how long each pooler works before
 */
record SidecarPlan(
    List<Protocol> protocols,
    List<Integer> clients,
    int reconnecting,
    int idle,
    int servers,
    int rounds,
    Duration time,
    Duration warmUp) {
  SidecarPlan {
    protocols = List.copyOf(protocols);
    clients = List.copyOf(clients);
  }

  /** All loads, in the order of the table. */
  List<Load> loads() {
    List<Load> all = new ArrayList<>();
    for (Protocol protocol : protocols) {
      for (int number : clients) {
        all.add(new Load(protocol, number, false, time));
      }
    }
    if (reconnecting > 0) {
      all.add(new Load(Protocol.SIMPLE, reconnecting, true, time));
    }
    return all;
  }

  /** What each pooler does before it is measured. */
  Load warmUpLoad() {
    return new Load(protocols.get(0), servers, false, warmUp);
  }
}
