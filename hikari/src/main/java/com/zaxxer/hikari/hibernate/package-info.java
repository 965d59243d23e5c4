/** HikariCP's connection provider for Hibernate. */
package com.zaxxer.hikari.hibernate;
