"""The museum of failures: four models that were trained to fail, each beside a healthy one."""
