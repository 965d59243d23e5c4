package dev.sluice.proxy.config;

import java.util.Optional;

/**
 * What an access rule decides.
 *
 * @param method how clients prove who they are
 * @param identMap the user name map, for {@code peer} and {@code cert}
 * @param ldap what follows the method {@code ldap}; else empty
 * @param lineNumber the rule's line in the file, from 1
 */
public record HbaRule(
    HbaMethod method, Optional<IdentMap> identMap, Optional<LdapOptions> ldap, int lineNumber) {}
