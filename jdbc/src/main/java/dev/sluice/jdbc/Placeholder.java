package dev.sluice.jdbc;

final class Placeholder {}
