"""Agents ask, leaders answer: help from the seat, leave, reasons given; and notices to everybody."""
