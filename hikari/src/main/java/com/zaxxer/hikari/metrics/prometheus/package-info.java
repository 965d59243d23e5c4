/** HikariCP's figures for Prometheus' simpleclient, by its names. */
package com.zaxxer.hikari.metrics.prometheus;
