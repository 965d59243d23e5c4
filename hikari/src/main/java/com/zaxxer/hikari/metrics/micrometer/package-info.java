/** HikariCP's figures for Micrometer, by its names. */
package com.zaxxer.hikari.metrics.micrometer;
