/** What docs/sidecar.md says about running the sidecar, tried. */
package dev.sluice.compat.sidecar;
