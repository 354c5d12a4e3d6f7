import sys

from tests.hostile.corpus.build import main

if __name__ == "__main__":
    main(sys.argv[1:])
