.PHONY: demo test quick bench
demo:
	./floorwatch demo
test:
	./floorwatch test
quick:
	./floorwatch quick
bench:
	./floorwatch bench --out docs/speed/measured.json
	.venv/bin/python -m tests.bench.plot
