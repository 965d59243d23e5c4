package dev.sluice.proxy.config;

/**
 * What {@code sluice.toml} says of a user.
 *
 * @param priority 0 to 3: which waiting clients are served first
 * @param sheddable whether overload control may refuse the user's clients
 */
public record SluiceUser(int priority, boolean sheddable) {}
