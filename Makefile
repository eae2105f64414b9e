.PHONY: demo test quick
demo:
	./floorwatch demo
test:
	./floorwatch test
quick:
	./floorwatch quick
