package dev.sluice.proxy.config;

/** Which of several hosts a new server connection goes to. */
public enum LoadBalanceHosts implements Choice {
  /** The first one that answers. */
  DISABLE,
  /** Each in its turn. */
  ROUND_ROBIN
}
