/**
 * Has an LDAP server judge passwords: the options of {@code auth_ldap_options} and of access rules,
 * and the threads that ask.
 */
@NullMarked
package dev.sluice.proxy.ldap;

import org.jspecify.annotations.NullMarked;
