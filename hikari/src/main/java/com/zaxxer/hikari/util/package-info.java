/** The login as a value. */
package com.zaxxer.hikari.util;
