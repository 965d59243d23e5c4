package dev.sluice.spring.boot.crac;

/** Where resources register. */
public interface Context<R extends Resource> {
  void register(R resource);
}
